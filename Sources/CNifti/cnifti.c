// The target only hands niftilib's headers on; it is no system library target because those cannot mend a search path.
#include "cnifti.h"
