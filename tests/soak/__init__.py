"""The long forms of long checks: ``python3 main.py soak`` runs them and writes figures here."""
