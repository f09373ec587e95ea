"""What the CRM says: exports in, canonical tables, findings, and every analysis's group-by."""
