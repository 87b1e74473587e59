; The installer for Windows, of the files that files.py arranges; makensis 3.08 or newer builds it:
;   makensis -DVERSION=0.1.0 -DFILES=build\windows\files -DOUTPUT=setup.exe emotion-overlay.nsi
; For one user, without administrator rights. /S installs silently, /LOGIN=1 starts it at login;
; uninstall.exe /S leaves recordings and settings, /DATA=1 deletes them as well.

Unicode true
Target amd64-unicode
!ifdef FAST ; for tests
SetCompressor zlib
!else
SetCompressor /SOLID lzma
!endif
RequestExecutionLevel user
ManifestDPIAware true

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh

!define NAME "Emotion Overlay"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\emotion-overlay"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${KEY}" InstallLocation
BrandingText "${NAME} ${VERSION}"

!define MUI_FINISHPAGE_RUN "$INSTDIR\${NAME}.exe"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; A running application holds its files: it is asked to stop, as `emotion-overlay stop` does.
!macro STOP
    ${If} ${FileExists} "$INSTDIR\emotion-overlay.exe"
        nsExec::ExecToStack '"$INSTDIR\emotion-overlay.exe" stop'
        Pop $0
        Pop $1
    ${EndIf}
!macroend

Section "${NAME}" Program
    SectionIn RO
    !insertmacro STOP
    RMDir /r "$INSTDIR\lib"
    RMDir /r "$INSTDIR\_internal"
    SetOutPath "$INSTDIR"
    File /r "${FILES}\*"
    CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${NAME}.exe" "--from-menu"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    WriteRegStr HKCU "${KEY}" DisplayName "${NAME}"
    WriteRegStr HKCU "${KEY}" DisplayVersion "${VERSION}"
    WriteRegStr HKCU "${KEY}" Publisher "The Emotion Overlay maintainers"
    WriteRegStr HKCU "${KEY}" InstallLocation "$INSTDIR"
    WriteRegStr HKCU "${KEY}" UninstallString '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${KEY}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${KEY}" NoModify 1
    WriteRegDWORD HKCU "${KEY}" NoRepair 1
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegDWORD HKCU "${KEY}" EstimatedSize $0
SectionEnd

Section /o "Start at login" Login
    WriteRegStr HKCU "${RUN}" "${NAME}" '"$INSTDIR\${NAME}.exe"'
SectionEnd

; The virtual camera on Windows is OBS Studio's.
Section "-OBS"
    ; The class of its camera, as video programs look for it.
    SetRegView 64
    ClearErrors
    ReadRegStr $0 HKCR "CLSID\{A3FCE0F5-3493-419F-958A-ABA1250EC20B}\InprocServer32" ""
    ${If} ${Errors}
    ${AndIfNot} ${Silent}
        MessageBox MB_YESNO|MB_ICONINFORMATION \
            "Video calls see ${NAME} through the virtual camera of OBS Studio, which is not installed. Open its website?" \
            IDNO +2
        ExecShell open "https://obsproject.com/download"
    ${EndIf}
SectionEnd

Function .onInit
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/LOGIN=" $1
    ${If} $1 == 1
        SectionSetFlags ${Login} 1
    ${EndIf}
FunctionEnd

Section "un.${NAME}"
    SectionIn RO
    !insertmacro STOP
    RMDir /r "$INSTDIR"
    Delete "$SMPROGRAMS\${NAME}.lnk"
    DeleteRegValue HKCU "${RUN}" "${NAME}"
    DeleteRegKey HKCU "${KEY}"
SectionEnd

Section /o "un.Recordings and settings" Data
    RMDir /r "$LOCALAPPDATA\emotion-overlay"
SectionEnd

Function un.onInit
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/DATA=" $1
    ${If} $1 == 1
        SectionSetFlags ${Data} 1
    ${EndIf}
FunctionEnd
