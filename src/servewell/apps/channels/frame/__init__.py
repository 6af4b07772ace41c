"""What all channels share: their accounts, what arrived and what goes out, and how they are."""
