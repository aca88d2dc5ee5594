"""From a picture to an enrolment photo, or to what is wrong with it."""
