//! A venue's gateway: MQTT and HTTP in, every sample recorded, forwarded once to the hall.
