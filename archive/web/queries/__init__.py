"""What the addresses of the site's pages ask for."""
