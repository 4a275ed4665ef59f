"""What makes two articles the same. The decision itself falls in the commit (`feedmill.store.commit`)."""
