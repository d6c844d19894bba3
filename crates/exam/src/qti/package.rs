//! Packages: a zip with `imsmanifest.xml`, items and pictures. What a zip says of itself is not believed: what is unpacked is
//! counted while it is unpacked, names that leave the package are refused, and nothing is written anywhere.

use std::io::{Cursor, Read, Write};

use kernel::Lang;
use rustc_hash::{FxHashMap, FxHashSet};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::markup::file_id;
use super::read::read_item;
use super::write::{identifier, write_item};
use super::xml::{BYTES_MOST, Element, parse};
use crate::ItemDraft;
use crate::exchange::{Defaults, Refused, SourceFault, Taken};
use crate::item::Item;

const PACKAGE_BYTES_MOST: usize = 64 << 20;
const ENTRIES_MOST: usize = 10_000;
const ITEMS_MOST: usize = 5_000;
/// All that is unpacked, together.
const UNPACKED_BYTES_MOST: u64 = 128 << 20;
const PICTURE_BYTES_MOST: usize = 8 << 20;
/// Text and pictures are hardly ever packed closer than this; deflate's own limit is 1032.
const RATIO_MOST: u64 = 200;
/// A small file may be packed as closely as it likes.
const RATIO_FREE_BYTES: u64 = 64 << 10;
const MANIFEST: &str = "imsmanifest.xml";

/// A picture that an item shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFile {
    /// As it stands in the items' markup.
    pub id: String,
    pub path: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, Default)]
pub struct ReadPackage {
    pub items: Vec<ItemDraft>,
    pub faults: Vec<SourceFault>,
    pub files: Vec<PackageFile>,
}

struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    names: FxHashMap<String, usize>,
    left: u64,
}

fn refused<T>(zh: impl Into<String>, en: impl Into<String>) -> Result<T, Refused> {
    Err(Refused::new((zh, en), ("重新导出，或分成几个包", "export it anew, or in several packages")))
}

/// Reads a package. A fault of the package as a whole leaves no items; one of an item leaves the others.
pub fn read_package(bytes: &[u8], defaults: &Defaults) -> ReadPackage {
    let mut taken = Taken::default();
    let files = match read(bytes, defaults, &mut taken) {
        Ok(files) => files,
        Err(refused) => {
            taken = Taken::default();
            taken.refuse("package", refused);
            Vec::new()
        }
    };
    ReadPackage { items: taken.items, faults: taken.faults, files }
}

fn read(bytes: &[u8], defaults: &Defaults, taken: &mut Taken) -> Result<Vec<PackageFile>, Refused> {
    let mut package = Package::open(bytes)?;
    let manifest = parse(&package.text(MANIFEST)?)?;
    let mut wanted = Vec::new();
    resources(&manifest, &mut wanted);
    if wanted.is_empty() {
        return refused("清单中没有 QTI 3 试题", "the manifest names no items of QTI 3");
    }
    if wanted.len() > ITEMS_MOST {
        return refused(format!("超过 {ITEMS_MOST} 道题"), format!("there are more than {ITEMS_MOST} items"));
    }
    let mut pictures: Vec<(String, String)> = Vec::new();
    for path in wanted {
        match package.text(&path) {
            Ok(text) => {
                let before = taken.items.len();
                read_item(&text, &path, defaults, taken);
                if taken.items.len() > before {
                    pictures.extend(sources(&text, &path));
                }
            }
            // What was unpacked so far counts for all: past the limit there is no going on.
            Err(refused) if package.left == 0 => return Err(refused),
            Err(refused) => taken.refuse(path, refused),
        }
    }
    let mut files = Vec::new();
    let mut seen = FxHashSet::default();
    for (id, path) in pictures {
        if !seen.insert(id.clone()) {
            continue;
        }
        match package.bytes(&path, PICTURE_BYTES_MOST) {
            Ok(bytes) => files.push(PackageFile { id, path, bytes }),
            Err(refused) => taken.refuse(path, refused),
        }
    }
    Ok(files)
}

/// Paths of all items that a manifest names.
fn resources(element: &Element, found: &mut Vec<String>) {
    for child in element.elements() {
        let is_item = child.name == "resource"
            && child.attribute("type").is_some_and(|kind| kind.starts_with("imsqti_item_xmlv3p0"));
        match child.attribute("href") {
            Some(href) if is_item => found.push(href.to_owned()),
            _ => resources(child, found),
        }
    }
}

/// Pictures of an item, by id and by path in the package.
fn sources(text: &str, item: &str) -> Vec<(String, String)> {
    fn walk(element: &Element, found: &mut Vec<String>) {
        if element.name == "img" {
            found.extend(element.attribute("src").map(str::to_owned));
        }
        element.elements().for_each(|child| walk(child, found));
    }
    let mut found = Vec::new();
    if let Ok(root) = parse(text) {
        walk(&root, &mut found);
    }
    let folder = item.rfind('/').map_or("", |slash| &item[..=slash]);
    found.into_iter().filter_map(|source| Some((file_id(&source)?, joined(folder, &source)?))).collect()
}

/// A path from a folder; `None` where it leads out of the package.
fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl<'a> Package<'a> {
    fn open(bytes: &'a [u8]) -> Result<Package<'a>, Refused> {
        if bytes.len() > PACKAGE_BYTES_MOST {
            let most = PACKAGE_BYTES_MOST >> 20;
            return refused(format!("包超过 {most} MB"), format!("the package has more than {most} MB"));
        }
        let Ok(archive) = ZipArchive::new(Cursor::new(bytes)) else {
            return refused("不是 zip 包，或已损坏", "this is no zip, or it is damaged");
        };
        if archive.len() > ENTRIES_MOST {
            return refused(
                format!("包中超过 {ENTRIES_MOST} 个文件"),
                format!("the package has more than {ENTRIES_MOST} files"),
            );
        }
        let mut package = Package { archive, names: FxHashMap::default(), left: UNPACKED_BYTES_MOST };
        for at in 0..package.archive.len() {
            let Ok(entry) = package.archive.by_index_raw(at) else {
                return refused("包的目录已损坏", "the package's directory is damaged");
            };
            let name = entry.name().map(|name| name.into_owned()).unwrap_or_default();
            let shown: String = name.chars().take(80).collect();
            let leads_out = name.is_empty()
                || name.starts_with('/')
                || name.contains(['\\', '\0', ':'])
                || name.split('/').any(|part| part == "..");
            if leads_out || entry.is_symlink() {
                return refused(
                    format!("包中的路径 {shown:?} 不可用"),
                    format!("the path {shown:?} in the package isn't acceptable"),
                );
            }
            if entry.encrypted() {
                return refused("包已加密", "the package is encrypted");
            }
            if package.names.insert(name, at).is_some() {
                return refused(format!("包中有两个 {shown:?}"), format!("{shown:?} is in the package twice"));
            }
        }
        Ok(package)
    }

    fn text(&mut self, path: &str) -> Result<String, Refused> {
        let bytes = self.bytes(path, BYTES_MOST)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(_) => refused("不是 UTF-8 文本", "the text isn't UTF-8"),
        }
    }

    /// A file's bytes, counted while they are unpacked.
    fn bytes(&mut self, path: &str, most: usize) -> Result<Vec<u8>, Refused> {
        let Some(at) = self.names.get(path).copied() else {
            let shown: String = path.chars().take(80).collect();
            return refused(format!("包中没有 {shown:?}"), format!("the package has no {shown:?}"));
        };
        let Ok(entry) = self.archive.by_index(at) else {
            return refused("文件无法解压", "the file can't be unpacked");
        };
        let packed = entry.compressed_size().max(1);
        let by_ratio = packed.saturating_mul(RATIO_MOST).max(RATIO_FREE_BYTES);
        let limit = (most as u64).min(by_ratio).min(self.left);
        let mut bytes = Vec::new();
        // One byte more than may be is enough to know.
        if entry.take(limit + 1).read_to_end(&mut bytes).is_err() {
            return refused("文件已损坏", "the file is damaged");
        }
        let unpacked = bytes.len() as u64;
        self.left = self.left.saturating_sub(unpacked);
        if unpacked > limit {
            return refused("文件解压后太大", "the file is too large when it is unpacked");
        }
        Ok(bytes)
    }
}

/// A package of items, in one language. `picture` gives the bytes of a picture by its id; one that is not there is left out.
pub fn write_package(
    items: &[Item],
    lang: Lang,
    mut picture: impl FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, Refused> {
    let failed = |_| Refused::new(("包写不出来", "the package can't be written"), ("减少试题", "take fewer items"));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut put = |path: &str, bytes: &[u8]| -> Result<(), Refused> {
        zip.start_file(path, options).map_err(|_| failed(()))?;
        zip.write_all(bytes).map_err(|_| failed(()))
    };
    let mut resources = String::new();
    let mut written = FxHashSet::default();
    for item in items {
        let id = identifier(&item.id);
        let path = format!("{id}.xml");
        if !written.insert(path.clone()) {
            let says = (format!("试题 {id} 有两份"), format!("item {id} is there twice"));
            return Err(Refused::new(says, ("每题只导出一个版本", "export one version of each item")));
        }
        put(&path, write_item(item, lang).as_bytes())?;
        let mut files = format!("<file href=\"{path}\"/>");
        for file in pictures(item) {
            let Some(bytes) = picture(&file) else { continue };
            files.push_str(&format!("<file href=\"{file}\"/>"));
            if written.insert(file.clone()) {
                put(&file, &bytes)?;
            }
        }
        resources.push_str(&format!(
            "<resource identifier=\"res-{id}\" type=\"imsqti_item_xmlv3p0\" href=\"{path}\">{files}</resource>\n"
        ));
    }
    let manifest = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest xmlns=\"http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1\" \
         identifier=\"guildhall-items\"><metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata>\
         <organizations/><resources>\n{resources}</resources></manifest>\n"
    );
    put(MANIFEST, manifest.as_bytes())?;
    Ok(zip.finish().map_err(|_| failed(()))?.into_inner())
}

/// Ids of all pictures in an item's words.
fn pictures(item: &Item) -> Vec<String> {
    let xml = write_item(item, Lang::Zh) + &write_item(item, Lang::En);
    let mut found: Vec<String> = Vec::new();
    for part in xml.split("<img src=\"").skip(1) {
        let id = part.split('"').next().unwrap_or_default().to_owned();
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}
