-- The event stores, one for each topic. Run once, when the server's directory is made.
CREATE DATABASE requests;
CREATE DATABASE decisions;
CREATE DATABASE settlements;
CREATE DATABASE opendata;
CREATE DATABASE operations;
CREATE DATABASE operations;
