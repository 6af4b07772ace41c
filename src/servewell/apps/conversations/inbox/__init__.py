"""How is work listed? Sets of rows (`sets`), ways in (`routes`), filters, orders; then pages (`lists`) and counts."""
