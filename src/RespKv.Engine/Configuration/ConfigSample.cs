using System.Text;

namespace RespKv.Engine.Configuration;

/// <summary>Writes conf/respkv.conf from the declarations.</summary>
internal static class ConfigSample
{
    private const string Head =
        """
        # RespKv configuration: every directive with its default.
        #
        # Written by `respkv-server --print-config`; a test holds that the two agree. Copy it, and change the copy.
        #
        # Syntax, as in redis.conf: one directive per line, the name and then its values, separated by blanks. A line that starts with # is a
        # comment. Values with blanks stand in "..." (with \n \r \t \" \\ \xHH) or '...'. `include PATH` reads another file at
        # that place. When a directive comes twice, the later line wins. Relative paths start at the working directory.
        #
        # Precedence: these defaults, then the file, then environment variables (RESPKV_ and the name in capitals with underscores:
        # RESPKV_WAL_SEGMENT_SIZE=16mb), then the command line (--wal-segment-size 16mb).
        #
        # Sizes: 1k is 1000 bytes and 1kb is 1024, likewise m, mb, g, gb. Case does not matter.

        """;

    public static string Generate()
    {
        var text = new StringBuilder(Head);
        foreach (DirectiveSection section in DirectiveTable.Sections)
        {
            text.Append("\n################ ").Append(section.Title).Append('\n');
            foreach (Directive directive in section.Directives)
            {
                AppendDirective(text, directive);
            }
        }

        return text.ToString();
    }

    private static void AppendDirective(StringBuilder text, Directive directive)
    {
        text.Append('\n');
        foreach (string line in directive.Doc.Split('\n'))
        {
            text.Append("# ").Append(line).Append('\n');
        }

        text.Append("# Takes ").Append(directive.Takes).Append(".\n");
        if (directive is not FixedDirective && directive.IsValue)
        {
            text.Append(directive.Mutable ? "# CONFIG SET changes it at runtime.\n" : "# Fixed while the server runs.\n");
        }

        foreach (RewriteLine line in directive.RewriteLines(DirectiveTable.Defaults))
        {
            text.Append(line.Text).Append('\n');
        }
    }
}
