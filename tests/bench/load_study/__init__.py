"""What each way of using two tiers serves under load, played on the simulator's scheduler with a virtual clock."""
