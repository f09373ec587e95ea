"""The seven questions: what the CRM counts, handed to the statistics, with its caveats.

Each module wires the group-bys of ``crm`` to the estimators of ``analysis``; notebooks, reports
and the command line all ask here. Nothing is put into words.
"""
