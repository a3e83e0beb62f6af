"""Sample cities: generators that are read like any other source."""
