-- The event stores, one for each service. Run once, when the server's directory is made.
CREATE DATABASE requests;
CREATE DATABASE decisions;
CREATE DATABASE settlements;
CREATE DATABASE opendata;
