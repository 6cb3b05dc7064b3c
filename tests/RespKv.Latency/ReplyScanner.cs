using System.Text;

namespace RespKv.Latency;

/// <summary>
/// Finds where replies end: lines, and bulk strings, whose bytes are skipped. Takes them in pieces of any size. Allocates nothing but
/// for the text of an error.
/// </summary>
internal sealed class ReplyScanner
{
    private const int ErrorBytesMax = 200;
    private const int BulkEndBytes = 2;

    private readonly StringBuilder _error = new();
    private byte _marker;
    private long _number;
    private bool _isNegative;
    private long _bodyLeft;

    public enum Outcome
    {
        /// <summary>The bytes ended first.</summary>
        Incomplete,
        Answered,

        /// <summary>No such key.</summary>
        Missing,
        Failed,
    }

    /// <summary>After <see cref="Outcome.Failed"/>: the error.</summary>
    public string ErrorText => _error.ToString().TrimEnd();

    /// <summary>Takes bytes off the front up to the end of a reply.</summary>
    /// <exception cref="InvalidDataException">It is no reply to GET or SET.</exception>
    public Outcome Next(ref ReadOnlySpan<byte> bytes)
    {
        if (_bodyLeft > 0)
        {
            return SkipBody(ref bytes);
        }

        if (_marker == 0)
        {
            if (bytes.IsEmpty)
            {
                return Outcome.Incomplete;
            }

            Begin(bytes[0]);
            bytes = bytes[1..];
        }

        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? bytes : bytes[..end];
        TakeLine(line);
        bytes = bytes[(end < 0 ? line.Length : end + 1)..];
        if (end < 0)
        {
            return Outcome.Incomplete;
        }

        byte marker = _marker;
        _marker = 0;
        switch (marker)
        {
            case (byte)'-':
                return Outcome.Failed;
            case (byte)'_':
            case (byte)'$' when _isNegative:
                return Outcome.Missing;
            case (byte)'$':
                _bodyLeft = _number + BulkEndBytes;
                return SkipBody(ref bytes);
            default:
                return Outcome.Answered;
        }
    }

    private void Begin(byte marker)
    {
        if (!"+-:$_"u8.Contains(marker))
        {
            throw new InvalidDataException($"a reply begins with byte {marker}");
        }

        _marker = marker;
        _number = 0;
        _isNegative = false;
        if (marker == (byte)'-')
        {
            _error.Clear();
        }
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        if (_marker == (byte)'-')
        {
            _error.Append(Encoding.Latin1.GetString(line[..Math.Min(line.Length, ErrorBytesMax - Math.Min(_error.Length, ErrorBytesMax))]));
        }
        else if (_marker == (byte)'$')
        {
            foreach (byte digit in line)
            {
                _isNegative |= digit == (byte)'-';
                _number = char.IsAsciiDigit((char)digit) ? (_number * 10) + (digit - '0') : _number;
            }
        }
    }

    private Outcome SkipBody(ref ReadOnlySpan<byte> bytes)
    {
        int skipped = (int)Math.Min(_bodyLeft, bytes.Length);
        bytes = bytes[skipped..];
        _bodyLeft -= skipped;
        return _bodyLeft == 0 ? Outcome.Answered : Outcome.Incomplete;
    }
}
