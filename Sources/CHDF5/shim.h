#pragma once
#include <hdf5.h>

// What the HDF5 headers offer only as macros over library globals or over versioned names, as plain functions.

/// Silences the library: errors are reported by status codes and worded by the caller. Plugins (filters that a file may
/// name, looked up in folders and environment variables) are never loaded.
static inline int formcast_h5_prepare(void) {
  if (H5open() < 0) return -1;
  if (H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0) return -1;
  return H5PLset_loading_state(0) < 0 ? -1 : 0;
}

/// A file access list that reads the file from memory: the library opens no file of its own, and closing the file closes
/// whatever was left open in it.
static inline hid_t formcast_h5_image_access(void *bytes, size_t count) {
  hid_t list = H5Pcreate(H5P_FILE_ACCESS);
  if (list < 0) return list;
  if (H5Pset_fapl_core(list, 1 << 16, 0) < 0 || H5Pset_fclose_degree(list, H5F_CLOSE_STRONG) < 0 ||
      H5Pset_file_image(list, bytes, count) < 0) {
    H5Pclose(list);
    return -1;
  }
  return list;
}

/// The read-only flag of H5Fopen.
static inline unsigned formcast_h5_read_only(void) { return H5F_ACC_RDONLY; }

/// 1 if `name` is a plain (hard) link in `group`, 0 if it is a soft, external or user-defined one, negative if there is none.
static inline int formcast_h5_is_hard_link(hid_t group, const char *name) {
  if (H5Lexists(group, name, H5P_DEFAULT) <= 0) return -1;
  H5L_info_t info;
  if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0) return -1;
  return info.type == H5L_TYPE_HARD;
}

/// 1 if the type is IEEE single precision, of either byte order.
static inline int formcast_h5_is_float32(hid_t type) {
  return H5Tequal(type, H5T_IEEE_F32LE) > 0 || H5Tequal(type, H5T_IEEE_F32BE) > 0;
}

/// The memory type of `float`.
static inline hid_t formcast_h5_native_float(void) { return H5T_NATIVE_FLOAT; }

/// A new memory type of zero-terminated strings of variable length in the character set of `type`.
static inline hid_t formcast_h5_text_type(hid_t type) {
  hid_t text = H5Tcopy(H5T_C_S1);
  if (text < 0) return text;
  if (H5Tset_size(text, H5T_VARIABLE) < 0 || H5Tset_cset(text, H5Tget_cset(type)) < 0) {
    H5Tclose(text);
    return -1;
  }
  return text;
}
