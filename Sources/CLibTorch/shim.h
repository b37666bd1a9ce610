// Holds the pkg-config flags of libtorch; its C++ headers are included by CTorch alone.
