"""The archive as Parquet files by month, in a folder or a bucket, for whatever reads Parquet."""
