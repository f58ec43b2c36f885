"""What is fitted: logistic models over features of an article."""
