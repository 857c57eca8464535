"""What the Snakefile needs while it is parsed; knows no Snakemake."""
