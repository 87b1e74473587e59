"""The mood of a class, given by its members, seen by the teacher, about nobody in particular."""
