"""What does this room do when something happens below it?"""
