from hvviz.cli import main

main()
