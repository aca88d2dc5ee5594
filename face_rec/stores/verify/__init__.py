"""Whether everything is still as it was written: the chain checked, its heads witnessed."""
