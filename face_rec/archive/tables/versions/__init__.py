"""Migrations, one after another. One that was released is never changed."""
