"""The archive, where there is one."""
