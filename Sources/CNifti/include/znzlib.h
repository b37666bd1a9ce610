#pragma once

// niftilib's header includes this one as if its folder were on the search path, which Debian's layout does not do.
#include <nifti/znzlib.h>
