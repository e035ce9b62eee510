"""Design rules: advice, from the sizing rules of the course and from practice."""
