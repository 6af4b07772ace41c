"""What does the room need done while nobody asks?"""
