"""Writes Tests/Fixtures/files/*.nii* with nibabel: 3D and 4D, both versions, byte orders, scaling, sform and qform."""
import pathlib

import nibabel as nib
import numpy as np

out = pathlib.Path(__file__).resolve().parents[1] / "files"
rng = np.random.default_rng(7)
affine = np.array([[-2.0, 0.1, 0, 30], [0.2, 1.5, 0.3, -20], [0, -0.4, 3.0, 10], [0, 0, 0, 1]])

def big_endian(image):
    return image.__class__(np.asanyarray(image.dataobj), image.affine, image.header.as_byteswapped(">"))

expected = {"affine": affine}

def save(name, image):
    nib.save(image, out / name)
    loaded = nib.load(out / name)
    expected[name] = loaded.get_fdata()
    expected[name + ".affine"] = loaded.affine

mask = (rng.random((5, 4, 3, 6)) < 0.4).astype(np.uint8)
save("mask4d.nii", nib.Nifti1Image(mask, affine))
save("mask4d.nii.gz", nib.Nifti1Image(mask, affine))
save("mask4d_v2.nii.gz", nib.Nifti2Image(mask, affine))
save("volume3d.nii", nib.Nifti1Image(rng.integers(-1000, 3000, (5, 4, 3)).astype(np.int16), affine))
save("big_endian.nii.gz", big_endian(nib.Nifti1Image(rng.normal(size=(5, 4, 3, 2)).astype(np.float32), affine)))
save("double.nii", nib.Nifti1Image(rng.normal(size=(3, 4, 5, 2)), affine))

scaled = nib.Nifti1Image(rng.integers(-300, 300, (5, 4, 3, 2)).astype(np.int16), affine)
scaled.header.set_slope_inter(0.25, -3)
nib.save(scaled, out / "scaled.nii.gz")
expected["scaled.nii.gz"] = nib.load(out / "scaled.nii.gz").get_fdata()

# Only a qform: rotation, voxel sizes and a flip of the third axis.
angle = 0.3
rotation = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, -1]])
quaternion = np.eye(4)
quaternion[:3, :3] = rotation * [1.25, 2.5, 0.75]
quaternion[:3, 3] = [4, 5, 6]
image = nib.Nifti1Image(mask, None)
image.set_qform(quaternion, code=1)
image.set_sform(None, code=0)
save("qform.nii", image)
expected["qform.affine"] = quaternion

# Neither: voxel sizes alone.
image = nib.Nifti1Image(mask, None)
image.header.set_zooms((0.5, 0.75, 2, 1))
image.set_qform(None, code=0)
image.set_sform(None, code=0)
nib.save(image, out / "zooms.nii")

nib.save(nib.Nifti1Pair(mask, affine), out / "pair.hdr")
nib.save(nib.Nifti1Image(np.zeros((2, 2, 2), np.complex64), affine), out / "complex.nii")
nib.save(nib.Nifti1Image(np.zeros((2, 2, 2, 1, 3), np.uint8), affine), out / "fivedim.nii")
np.savez_compressed(out / "nifti_expected.npz", **expected)
