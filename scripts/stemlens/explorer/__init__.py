"""The explorer: one HTML file in which results are seen, heard and handed on."""
