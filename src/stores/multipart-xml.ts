// What S3 says, and is told, of multipart uploads.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html and its neighbours.

import type { CompletedPart, StoredPart } from '../links/upload-ports.ts';
import { childrenOf, escapeXml, parseXml, textOf, type XmlElement } from './s3-xml.ts';
import { sha256InBase64 } from './sha256-text.ts';

/** R2's are some hundred characters long. */
const MAX_UPLOAD_ID_LENGTH = 2_048;
const MAX_ETAG_LENGTH = 1_024;

/** The upload id of a multipart upload that was begun. */
export function readUploadId(xml: string): string | undefined {
  const result = readResult(xml, 'InitiateMultipartUploadResult');
  const id = result && textOf(result, 'UploadId');
  const isSound = id && id.length <= MAX_UPLOAD_ID_LENGTH && /^[!-~]+$/.test(id);
  return isSound ? id : undefined;
}

export type PartsPage = {
  readonly parts: readonly StoredPart[];
  /** The marker that the next page follows, where there is one. */
  readonly next?: number | undefined;
};

/** One page of a list of parts; `undefined` where anything in it is not as it must be. */
export function readPartsPage(xml: string): PartsPage | undefined {
  const result = readResult(xml, 'ListPartsResult');
  if (!result) return undefined;
  const parts = childrenOf(result, 'Part').map(readPart);
  if (!parts.every((part) => part !== undefined)) return undefined;
  const isTruncated = textOf(result, 'IsTruncated') ?? 'false';
  if (isTruncated === 'false') return { parts };
  const next = readWholeNumber(textOf(result, 'NextPartNumberMarker'));
  return isTruncated === 'true' && next !== undefined ? { parts, next } : undefined;
}

function readPart(part: XmlElement): StoredPart | undefined {
  const partNumber = readWholeNumber(textOf(part, 'PartNumber'));
  const size = readWholeNumber(textOf(part, 'Size'));
  const etag = readEtag(part);
  if (partNumber === undefined || size === undefined || etag === undefined) return undefined;
  const sha256 = sha256InBase64(textOf(part, 'ChecksumSHA256') ?? '');
  return { partNumber, size, etag, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** The ETag of an object whose upload was completed. */
export function readCompletedEtag(xml: string): string | undefined {
  const result = readResult(xml, 'CompleteMultipartUploadResult');
  return result && readEtag(result);
}

/** The body that completes an upload of these parts, which stand in their order. */
export function completionXml(parts: readonly CompletedPart[]): string {
  const elements = parts.map(({ partNumber, etag, sha256 }) => {
    const checksum = sha256 === undefined ? '' : `<ChecksumSHA256>${sha256}</ChecksumSHA256>`;
    const number = `<PartNumber>${partNumber}</PartNumber>`;
    return `<Part>${number}<ETag>${escapeXml(etag)}</ETag>${checksum}</Part>`;
  });
  const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<CompleteMultipartUpload xmlns="${namespace}">${elements.join('')}</CompleteMultipartUpload>`
  );
}

/** An <Error>, with which a 200 may come as well, is no result. */
function readResult(xml: string, name: string): XmlElement | undefined {
  const root = parseXml(xml);
  return root?.name === name ? root : undefined;
}

function readEtag(element: XmlElement): string | undefined {
  const etag = textOf(element, 'ETag');
  return etag && etag.length <= MAX_ETAG_LENGTH ? etag : undefined;
}

function readWholeNumber(text: string | undefined): number | undefined {
  const number = /^\d{1,16}$/.test(text ?? '') ? Number(text) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}
