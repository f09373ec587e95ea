"""Pure statistics: small frames in, tidy frames out."""
