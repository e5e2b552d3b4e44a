"""HTTP/1.1 on the wire: connections, proxies, TLS, the download handler that keeps exact bytes."""
