"""A machine that tries to lose a mark: real servers, real marking processes, faults between them,
and a checker that compares what people were told with what is there in the end."""
