"""HTTP/1.1: connections, proxies, TLS, and the download handler that keeps the exact bytes."""
