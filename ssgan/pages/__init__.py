"""HTML pages and their figures. A page is one file that loads nothing."""
