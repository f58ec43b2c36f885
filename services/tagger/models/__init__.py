"""Fitted models: logistic regression over features of an article."""
