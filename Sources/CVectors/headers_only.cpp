// A package target needs a source file; everything here is in the headers.
#include "vectors.h"
