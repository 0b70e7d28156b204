-- What can be made again from the log: the running totals, and what of them was released.
CREATE DATABASE projection;
CREATE DATABASE releases;
