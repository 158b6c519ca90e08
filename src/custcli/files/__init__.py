"""CELLS: spreadsheets and csv in and out; the only room that knows calamine, openpyxl and xlsxwriter."""
