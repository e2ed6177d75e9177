# Buttons that every platform shows.
language-name = English
button-stop = ⏹ Stop
button-cancel = ✖ Cancel
button-steer = ↪️ Tell it now
button-instead = ⏏️ Do this instead
button-details = 🔍 Details
button-done = ✅ Done
