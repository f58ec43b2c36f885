"""One sub-command of `reportedly` a module, loaded only when it is called."""
