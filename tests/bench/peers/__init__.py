"""How others answer the same question from the same data: the peers that this server is measured against."""
