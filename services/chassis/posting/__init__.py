"""The client's side: events posted to the services over HTTP, patiently, and waited for."""
