"""What people can do, one subject a module: plain functions that know no hub, no HTTP and not each other."""
