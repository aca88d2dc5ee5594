"""Tests of punching by phone."""
