print("formcast")
