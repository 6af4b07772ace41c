"""What all channels share: their accounts, what arrived, what goes out, how they are, and what a customer's link shows."""
