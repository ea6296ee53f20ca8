"""Translation engines behind one seam; `registry.load_engine` picks one."""
