"""From punches to days: plans, pairs, hours, statuses, and why."""
