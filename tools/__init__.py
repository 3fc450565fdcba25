"""What generates the course's files; no part of the library."""
