"""Each module has ``report(folder)``, which returns lines of Markdown."""
